// What a sentence calls somebody, from what is known of them: short, whatever their name is.
import { shorten, type Person } from '@rapport/engine';

/** The first word of a name. */
export function firstWord(name: string | null): string | null {
  const first = name?.trim().split(/\s+/)[0] ?? '';
  return first === '' ? null : shorten(first);
}

/** The name to speak of someone by: first name, else whole name, else their number. */
export function shortName(person: Person): string | null {
  const { traits } = person.memory;
  for (const key of ['first_name', 'firstName', 'name']) {
    const value = traits[key]?.v;
    if (typeof value === 'string' && value.trim() !== '') return shorten(value);
  }
  const userId = person.memory.identities['user_id']?.[0];
  return userId === undefined ? null : shorten(`Customer ${userId}`);
}
