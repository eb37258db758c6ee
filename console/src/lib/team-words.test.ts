import { expect, test } from 'vitest';
import { auditWords, detailWords, roleName } from './team-words.ts';

test.each([
  ['journey.activate', 'welcome', 'Welcome kit', 'switched on journey “Welcome kit”'],
  ['journey.activate', 'welcome', null, 'switched on journey welcome'],
  ['session.create', 'usr_1', 'Ana', 'signed in'],
  ['session.end', 'usr_1', 'Ana', 'ended a session of “Ana”'],
  ['user.delete', 'usr_1', 'Ana', 'shut out user “Ana”'],
  ['import.start', 'imp_1', 'orders.csv', 'started import “orders.csv”'],
  ['prediction.fit', 'fit_1', null, 'learnt the rhythm of orders and visits'],
  ['sample_store.remove', 'sample store', null, 'took out sample store'],
  ['settings.update', 'workspace', null, 'changed settings'],
  ['person.note_edit', 'per_1', 'Sally Moon', 'changed a note about Sally Moon'],
  ['person.erase', 'per_1', null, 'erased for good per_1'],
  ['gadget.polish', 'x', null, 'polish gadget x'],
])('%s of %s (%s) reads "%s"', (action, subject, name, words) => {
  expect(auditWords({ action, subject, subject_name: name })).toBe(words);
});

test('details are pairs, roles have names', () => {
  expect(detailWords({ role: 'agent', per_day: 20 })).toBe('role: agent, per day: 20');
  expect([roleName('owner'), roleName('gardener')]).toEqual(['Owner', 'gardener']);
});
