import assert from 'node:assert/strict';
import { it } from 'node:test';
import { demoPeople } from '../../local/demo/people.ts';

it('the demo has somebody in each organization and somebody in both, with passwords that a pool would take', () => {
  assert.deepEqual(
    demoPeople.map((person) => person.organizations),
    [['northwind'], ['chinook'], ['northwind', 'chinook']],
  );
  assert.ok(demoPeople.every((person) => person.password.length >= 12));
  assert.equal(new Set(demoPeople.map((person) => person.username)).size, demoPeople.length);
  assert.equal(new Set(demoPeople.map((person) => person.email)).size, demoPeople.length);
});
