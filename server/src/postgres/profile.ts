// What lists and searches show of a person, read off memory. Pure; nothing here is decided.
import type { Person } from '@rapport/engine';
import type { PersonKey } from './bucket.ts';
import type { ProfileRow } from './rows.ts';

const TEXT_MAX = 300;

export function profileOf(key: PersonKey, person: Person): ProfileRow {
  const { memory } = person;
  const orders = memory.slots['orders'];
  const net = orders?.kind === 'orders' ? orders.net : null;
  return {
    person: key,
    name: nameOf(person),
    email: memory.identities['email']?.[0] ?? text(memory.traits['email']?.v),
    userId: memory.identities['user_id']?.[0] ?? null,
    phone: memory.identities['phone']?.[0] ?? text(memory.traits['phone']?.v),
    orders: net?.days ?? 0,
    lastOrderAt: net?.last_at ?? null,
    asOf: person.frozen_at,
  };
}

export function sameProfile(a: ProfileRow, b: ProfileRow): boolean {
  return (
    a.name === b.name &&
    a.email === b.email &&
    a.userId === b.userId &&
    a.phone === b.phone &&
    a.orders === b.orders &&
    a.lastOrderAt === b.lastOrderAt &&
    a.asOf === b.asOf
  );
}

function nameOf(person: Person): string | null {
  const { traits } = person.memory;
  const whole = text(traits['name']?.v);
  if (whole !== null) return whole;
  const first = text(traits['first_name']?.v ?? traits['firstName']?.v);
  const last = text(traits['last_name']?.v ?? traits['lastName']?.v);
  const parts = [first, last].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ').slice(0, TEXT_MAX);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, TEXT_MAX) : null;
}
