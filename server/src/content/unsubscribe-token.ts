// Links in messages that act for a person without signing in. Each is bound to workspace, person, topic, message
// and purpose, and signed; nothing about it can be guessed, altered, or used for another purpose.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export type LinkPurpose = 'unsubscribe' | 'preferences';

export interface LinkClaim {
  readonly workspaceId: string;
  readonly personId: string;
  /** the topic to leave; for preferences, the one the message was about */
  readonly topic: string;
  readonly messageId: string;
  readonly channel: string;
  readonly purpose: LinkPurpose;
}

const VERSION = '1';
const TOKEN_MAX = 1_000;
const PURPOSES: Readonly<Record<LinkPurpose, string>> = { unsubscribe: 'u', preferences: 'p' };

/** One key of its own for links, so that a signature made for anything else is never one for a link. */
export function linkKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'rapport', 'message links v1', 32));
}

/** Letters, digits, `-`, `_` and `.`: nothing that a mail reader wraps, escapes or swallows at the end. */
export function signLink(key: Uint8Array, claim: LinkClaim): string {
  const fields = [
    PURPOSES[claim.purpose],
    claim.workspaceId,
    claim.personId,
    claim.topic,
    claim.messageId,
    claim.channel,
  ];
  const body = `${VERSION}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${body}.${signature(key, body).toString('base64url')}`;
}

/** Undefined for anything we did not sign for this purpose; which part was wrong is nobody's business. */
export function readLink(key: Uint8Array, token: string, purpose: LinkPurpose): LinkClaim | undefined {
  if (token.length > TOKEN_MAX) return undefined;
  const end = token.lastIndexOf('.');
  if (end < 0) return undefined;
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = signature(key, token.slice(0, end));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // base64url ignores spare bits and stray characters: only the one spelling we wrote is ours
  if (expected.toString('base64url') !== token.slice(end + 1)) return undefined;
  return parseClaim(token.slice(0, end), purpose);
}

function parseClaim(body: string, purpose: LinkPurpose): LinkClaim | undefined {
  const [version, encoded] = body.split('.');
  if (version !== VERSION || encoded === undefined) return undefined;
  const fields: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
  if (!Array.isArray(fields) || fields.length !== 6) return undefined;
  const [kind, workspaceId, personId, topic, messageId, channel]: unknown[] = fields;
  if (kind !== PURPOSES[purpose]) return undefined;
  if (!isText(workspaceId) || !isText(personId) || !isText(topic) || !isText(messageId) || !isText(channel))
    return undefined;
  return { workspaceId, personId, topic, messageId, channel, purpose };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function signature(key: Uint8Array, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
