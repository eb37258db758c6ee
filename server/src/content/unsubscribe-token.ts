// Links in messages that act for a person without signing in. Each is bound to workspace, person, topic, message,
// channel and purpose, and signed; nothing about it can be guessed, altered, or used for another purpose.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** In a link of a preview or a test: it works, and is about no customer. */
export const NOBODY = '00000000-0000-8000-8000-000000000000';

export type LinkPurpose = 'unsubscribe' | 'preferences';

/** The ids are UUIDs: 16 bytes each keep the link at about 120 characters, which no mail reader breaks. */
export interface LinkClaim {
  readonly workspaceId: string;
  readonly personId: string;
  readonly messageId: string;
  readonly channel: string;
  /** the topic to leave; for preferences, the one the message was about */
  readonly topic: string;
  readonly purpose: LinkPurpose;
}

const VERSION = '1';
const TOKEN_MAX = 300;
const PURPOSES: Readonly<Record<LinkPurpose, number>> = { unsubscribe: 1, preferences: 2 };
/** 128 bits: a guess succeeds once in 3 × 10^38. */
const SIGNATURE_BYTES = 16;
const IDS_END = 1 + 3 * 16;

/** One key of its own for links, so that a signature made for anything else is never one for a link. */
export function linkKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'rapport', 'message links v1', 32));
}

/** Letters, digits, `-`, `_` and `.`: nothing that a mail reader escapes or swallows at the end. */
export function signLink(key: Uint8Array, claim: LinkClaim): string {
  const payload = Buffer.concat([
    Buffer.from([PURPOSES[claim.purpose]]),
    uuidBytes(claim.workspaceId),
    uuidBytes(claim.personId),
    uuidBytes(claim.messageId),
    Buffer.from(`${claim.channel}\0${claim.topic}`),
  ]);
  const body = `${VERSION}.${payload.toString('base64url')}`;
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
  const payload = Buffer.from(encoded, 'base64url');
  if (payload.length <= IDS_END || payload[0] !== PURPOSES[purpose]) return undefined;
  const [channel, topic] = payload.subarray(IDS_END).toString().split('\0');
  if (channel === undefined || topic === undefined) return undefined;
  const [workspaceId, personId, messageId] = [uuidAt(payload, 1), uuidAt(payload, 17), uuidAt(payload, 33)];
  return { workspaceId, personId, messageId, channel, topic, purpose };
}

function signature(key: Uint8Array, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, SIGNATURE_BYTES);
}

function uuidBytes(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  if (bytes.length !== 16) throw new Error(`"${id}" is not a UUID`);
  return bytes;
}

function uuidAt(payload: Buffer, at: number): string {
  const hex = payload.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
