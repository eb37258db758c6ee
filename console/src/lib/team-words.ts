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

/** "switched on journey welcome". A code without words is shown readably. */
export function auditWords({ action, subject }: Pick<AuditEntry, 'action' | 'subject'>): string {
  if (action === 'session.create') return 'signed in';
  if (action === 'user.delete') return `shut out user ${subject}`;
  if (action === 'user.restore') return `let in again user ${subject}`;
  const [noun = '', verb = ''] = action.split('.');
  const deed = noun === 'person' ? deeds[verb] : undefined;
  if (deed !== undefined) return `${deed} ${subject}`;
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
