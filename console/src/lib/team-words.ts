// What each role may do, and what was changed, in words.
import type { AuditEntry, Role } from '../api/team.ts';
import { traitName, valueWords } from './words.ts';

export const roleWords: readonly (readonly [Role, string, string])[] = [
  ['owner', 'Owner', 'Everything, and makes other owners. The last one stays.'],
  ['admin', 'Admin', 'Everything but making owners: the team, keys, settings, and all of the work.'],
  [
    'marketer',
    'Marketer',
    'Segments, stages, journeys and templates; switches them on; imports; looks after people.',
  ],
  ['agent', 'Agent', 'Looks after people: consents, their pages, test messages. Defines nothing.'],
  ['analyst', 'Analyst', 'Sees everything, changes nothing.'],
  [
    'developer',
    'Developer',
    'Keys, connections, quarantine and system; defines by API; writes to nobody by hand.',
  ],
];

export const roleName = (role: string): string => roleWords.find(([key]) => key === role)?.[1] ?? role;

const doings: { readonly [verb: string]: string } = {
  create: 'made',
  update: 'changed',
  delete: 'deleted',
  revoke: 'took back',
  rotate: 'replaced',
  restore: 'put back',
  activate: 'switched on',
  deactivate: 'switched off',
  version: 'saved a version of',
  order: 'put in order',
  start: 'started',
  cancel: 'stopped',
  upload: 'uploaded',
  load: 'put in',
  remove: 'took out',
  retry: 'retried',
  resolve: 'settled',
  test: 'sent a test of',
  undo: 'took back',
  change: 'changed',
  password: 'changed the password of',
  end: 'ended',
  refused_read: 'read the refused rows of',
};

const things: { readonly [noun: string]: string } = {
  user: 'user',
  session: 'a session of',
  key: 'key',
  model: 'lifecycle model',
  settings: 'settings',
  sending: 'sending settings',
  sample_store: 'sample store',
  parked: 'parked input',
  people_view: 'view of people',
  programme: 'loyalty programme',
};

/** What is done for one person: "wrote a note about per_…". */
const deeds: { readonly [verb: string]: string } = {
  note: 'wrote a note about',
  note_edit: 'changed a note about',
  note_delete: 'deleted a note about',
  note_restore: 'put back a note about',
  tags: 'changed the tags of',
  suppress: 'blocked an address of',
  unsuppress: 'let an address go free of',
  erase: 'erased for good',
  export: 'took out all that is known of',
  enrol: 'put into a journey',
  leave: 'took out of a journey',
  consents: 'changed the consents of',
  thaw: 'brought to today',
  points: 'posted points for',
};

/** What is said whole, whatever it was done to. */
const wholes: { readonly [action: string]: string } = {
  'session.create': 'signed in',
  'prediction.fit': 'learnt the rhythm of orders and visits',
  'settings.gap': 'took the usual time between orders from the history',
  'settings.brand': 'changed how letters look',
  'model.order': 'put the lifecycle models in order',
  'people.export': 'took out a list of people',
};

/** "switched on journey “Welcome”". A code without words is shown readably, and what has no name by its key. */
export function auditWords(entry: Pick<AuditEntry, 'action' | 'subject' | 'subject_name'>): string {
  const { action } = entry;
  const whole = wholes[action];
  if (whole !== undefined) return whole;
  const subject = entry.subject_name === null ? entry.subject : `“${entry.subject_name}”`;
  if (action === 'user.delete') return `shut out user ${subject}`;
  if (action === 'user.restore') return `let in again user ${subject}`;
  const [noun = '', verb = ''] = action.split('.');
  const deed = noun === 'person' ? deeds[verb] : undefined;
  if (deed !== undefined) return `${deed} ${entry.subject_name ?? entry.subject}`;
  const thing = things[noun] ?? noun.replaceAll('_', ' ');
  const doing = doings[verb] ?? traitName(verb).toLowerCase();
  const which =
    subject === thing || thing === 'settings' || thing === 'sending settings' ? '' : ` ${subject}`;
  return `${doing} ${thing}${which}`;
}

export function detailWords(detail: AuditEntry['detail']): string {
  return Object.entries(detail)
    .map(([key, value]) => `${traitName(key).toLowerCase()}: ${valueWords(value)}`)
    .join(', ');
}
