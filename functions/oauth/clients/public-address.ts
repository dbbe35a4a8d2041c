import { BlockList } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** IANA's registry of special-purpose IPv4 addresses, multicast, and what is reserved. */
const specialIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Everything public is in here; so IPv4-mapped, NAT64, unique local, link-local and multicast addresses are not. */
const globalIPv6 = ['2000::/3'];

/** Special-purpose ranges within it; some of them (Teredo, 6to4) lead to IPv4 addresses. */
const specialIPv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const special4 = blockList(specialIPv4, 'ipv4');
const global6 = blockList(globalIPv6, 'ipv6');
const special6 = blockList(specialIPv6, 'ipv6');

/** Whether the address is on the public internet. A stranger cannot send this function to any other. */
export function isPublicAddress({ address, family }: Address): boolean {
  return family === 4
    ? !special4.check(address, 'ipv4')
    : global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

/** This machine itself, for metadata documents of the local edition. */
export function isLoopbackAddress({ address }: Address): boolean {
  return address === '127.0.0.1' || address === '::1';
}

function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}
