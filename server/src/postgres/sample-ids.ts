// Who belongs to the sample store: told by their ids, so that nothing of theirs is ever mistaken for somebody real and
// nothing of theirs leaves the house.
import { hashId } from '@rapport/engine';
import { personKey, type PersonKey } from './bucket.ts';

/** "SMPL". Ids of real people begin with the time they were made at; this one would be in the year 4872. */
const MARK = '534d504c';
/** From and to. */
export const sampleIds = [
  `${MARK}-0000-0000-0000-000000000000`,
  `${MARK}-ffff-ffff-ffff-ffffffffffff`,
] as const;

export function samplePersonKey(workspaceId: string, seed: number, n: number): PersonKey {
  return personKey(`${MARK}${hashId('sample', workspaceId, String(seed), String(n)).slice(MARK.length)}`);
}

export function isSamplePerson(id: string): boolean {
  return id.startsWith(MARK);
}

const MARK_BYTES = Buffer.from(MARK, 'hex').toString('latin1');

/** The same of an id's bytes as a text. */
export function isSampleBytes(bytes: string): boolean {
  return bytes.startsWith(MARK_BYTES);
}
