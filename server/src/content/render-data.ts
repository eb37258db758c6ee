// What a template sees: the person's traits with the usual names, the business, the offer with its code, the links.
// Only this leaves our memory into a letter; docs/templates.md lists it.
import type { Json, Person } from '@rapport/engine';
import { compileZone, DAY_MS, personZone } from '@rapport/engine';

import { brandData } from './brand.ts';
import type { Brand } from './brand.ts';
import { offerCode } from './code.ts';
import type { RhythmData } from './rhythm-data.ts';
import { signLink } from './unsubscribe-token.ts';

export interface RenderContext {
  readonly publicUrl: string;
  readonly linkKey: Uint8Array;
  readonly workspace: {
    readonly id: string;
    readonly name: string;
    readonly timeZone: string;
    readonly postalAddress: string | null;
    readonly brand: Brand;
  };
}

export interface RenderedFor {
  readonly messageId: string;
  readonly personId: string;
  readonly channel: string;
  readonly topic: string;
  readonly journey: string | null;
  readonly offer: { readonly [key: string]: Json } | null;
  readonly requestedAt: number;
}

export interface RenderData {
  readonly data: { readonly [key: string]: unknown };
  readonly unsubscribeUrl: string;
}

/** `person` null: someone about whom nothing is known (previews). `rhythm` null: never ordered, or not told. */
export function renderData(
  context: RenderContext,
  message: RenderedFor,
  person: Person | null,
  rhythm: RhythmData | null,
): RenderData {
  const links = linksFor(context, message);
  const traits = person === null ? {} : traitsOf(person);
  return {
    unsubscribeUrl: links.unsubscribe,
    data: {
      person: traits,
      rhythm,
      business: { name: context.workspace.name, postal_address: context.workspace.postalAddress },
      brand: brandData(context.workspace.brand),
      offer: message.offer === null ? null : offerOf(message.offer, message),
      journey: { key: message.journey },
      message: { id: message.messageId },
      unsubscribe_url: links.unsubscribe,
      preferences_url: links.preferences,
      zone: zoneOf(person, context.workspace.timeZone),
      locale: text(traits['locale']) ?? text(traits['language']) ?? 'en',
    },
  };
}

/** The same zone as the person's quiet hours and dates are in. */
function zoneOf(person: Person | null, otherwise: string): string {
  const zone = compileZone(otherwise);
  return person === null || zone === null ? otherwise : personZone(person.memory, zone).name;
}

/** What was told or seen, by its own name; first_name, last_name, name and email whatever the sender called them. */
export function traitsOf(person: Person): { readonly [key: string]: unknown } {
  const known = Object.entries(person.memory.traits).map(([key, trait]) => [key, trait.v] as const);
  const traits: Record<string, unknown> = { ...Object.fromEntries(known) };
  const whole = text(traits['name']);
  traits['first_name'] ??= traits['firstName'] ?? whole?.split(/\s+/)[0] ?? null;
  traits['last_name'] ??= traits['lastName'] ?? null;
  traits['name'] ??= [text(traits['first_name']), text(traits['last_name'])]
    .filter((part) => part !== undefined)
    .join(' ');
  traits['email'] ??= person.memory.identities['email']?.[0] ?? null;
  traits['id'] = person.id;
  return traits;
}

export function linksFor(
  context: RenderContext,
  message: Pick<RenderedFor, 'messageId' | 'personId' | 'channel' | 'topic'>,
): { readonly unsubscribe: string; readonly preferences: string } {
  const { messageId, personId, channel, topic } = message;
  const claim = { workspaceId: context.workspace.id, personId, topic, messageId, channel };
  return {
    unsubscribe: `${context.publicUrl}/u/${signLink(context.linkKey, { ...claim, purpose: 'unsubscribe' })}`,
    preferences: `${context.publicUrl}/preferences/${signLink(context.linkKey, { ...claim, purpose: 'preferences' })}`,
  };
}

function offerOf(
  offer: { readonly [key: string]: Json },
  message: RenderedFor,
): { readonly [key: string]: unknown } {
  const { days } = offer;
  return {
    ...offer,
    code: offerCode(message.messageId),
    ...(typeof days === 'number' ? { expires_at: message.requestedAt + days * DAY_MS } : {}),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
