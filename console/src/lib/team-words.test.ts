import { expect, test } from 'vitest';
import { auditWords, detailWords, roleName } from './team-words.ts';

test.each([
  ['journey.activate', 'welcome', 'switched on journey welcome'],
  ['session.create', 'usr_1', 'signed in'],
  ['user.delete', 'usr_1', 'shut out user usr_1'],
  ['sample_store.remove', 'sample store', 'took out sample store'],
  ['settings.update', 'workspace', 'changed settings'],
  ['person.note_edit', 'per_1', 'changed a note about per_1'],
  ['gadget.polish', 'x', 'polish gadget x'],
])('%s of %s reads "%s"', (action, subject, words) => {
  expect(auditWords({ action, subject })).toBe(words);
});

test('details are pairs, roles have names', () => {
  expect(detailWords({ role: 'agent', per_day: 20 })).toBe('role: agent, per day: 20');
  expect([roleName('owner'), roleName('gardener')]).toEqual(['Owner', 'gardener']);
});
