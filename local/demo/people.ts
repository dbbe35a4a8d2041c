/** Somebody who can sign in to the local edition. The passwords guard nothing: it listens on loopback only. */
export interface DemoPerson {
  username: string;
  password: string;
  email: string;
  name: string;
  organizations: string[];
}

/** One in each organization, and one in both. */
export const demoPeople: DemoPerson[] = [
  {
    username: 'nancy',
    password: 'northwind-local',
    email: 'nancy@northwind.example',
    name: 'Nancy Davolio',
    organizations: ['northwind'],
  },
  {
    username: 'jane',
    password: 'chinook-local',
    email: 'jane@chinook.example',
    name: 'Jane Peacock',
    organizations: ['chinook'],
  },
  {
    username: 'robin',
    password: 'both-books-local',
    email: 'robin@bookkeeping.example',
    name: 'Robin Weber',
    organizations: ['northwind', 'chinook'],
  },
];
