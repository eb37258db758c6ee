// What a failed SMTP conversation proves. Nothing of a message was accepted if its body had not begun, or if the
// server answered the body with 4xx or 5xx. Everything else after the body began is uncertain, whatever it looks like.
// (Studied in nodemailer 10.6.0, smtp-connection/index.js: a reply to the body is the only EMESSAGE with command DATA.)
import { failedForGood, failedForNow, uncertain } from './outcome.ts';
import type { FailureCode, HandOver } from './outcome.ts';

/** The part of a nodemailer error that is looked at. */
export interface SmtpFailure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

export function classifyFailure(
  error: SmtpFailure,
  context: { readonly bodyBegun: boolean; readonly recipient: string },
): HandOver {
  const detail = withoutRecipient(error.response ?? error.message, context.recipient);
  if (context.bodyBegun) {
    if (!answersTheBody(error))
      return uncertain(`The connection was lost while the message was handed over: ${detail}`);
    return (error.responseCode ?? 0) >= 500
      ? failedForGood('message_refused', detail)
      : failedForNow('message_deferred', detail);
  }
  const code = codeBeforeBody(error);
  return PERMANENT.has(code) ? failedForGood(code, detail) : failedForNow(code, detail);
}

/** The server is gone or going: another connection may do. */
export function isConnectionLost(error: SmtpFailure): boolean {
  return error.responseCode === 421 || ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT'].includes(error.code ?? '');
}

/** "250 2.0.0 Ok: queued as 4XYZ" → "4XYZ"; else the reply itself, for whoever has to ask the provider. */
export function providerIdIn(response: string): string | null {
  const id =
    /queued as ([\w.-]+)/i.exec(response)?.[1] ??
    /\bid=([\w.-]+)/i.exec(response)?.[1] ??
    /<([^<>\s]{3,200})>/.exec(response)?.[1];
  return id ?? (response === '' ? null : response.replace(/\s+/g, ' ').slice(0, 200));
}

const PERMANENT: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'bad_address',
  'recipient_refused',
  'message_refused',
  'message_too_large',
  'refused_by_policy',
]);

function answersTheBody(error: SmtpFailure): boolean {
  const reply = error.responseCode ?? 0;
  return error.code === 'EMESSAGE' && error.command === 'DATA' && reply >= 400 && reply < 600;
}

function codeBeforeBody(error: SmtpFailure): FailureCode {
  if (error.responseCode === 421) return 'not_connected';
  switch (error.code) {
    case 'EENVELOPE':
      return envelopeCode(error);
    case 'EMESSAGE':
      return 'message_too_large';
    case 'EAUTH':
    case 'ENOAUTH':
    case 'EOAUTH2':
      return 'auth_failed';
    case 'ETLS':
    case 'EREQUIRETLS':
      return 'tls_failed';
    case 'EDNS':
      return 'server_not_found';
    case 'EPROTOCOL':
      return 'protocol_error';
    default:
      return 'not_connected';
  }
}

function envelopeCode(error: SmtpFailure): FailureCode {
  if (error.responseCode === undefined) return 'bad_address';
  const refused = error.responseCode >= 500 && error.responseCode !== 503;
  if (error.command === 'RCPT TO') return refused ? recipientCode(error) : 'recipient_deferred';
  // The sender is ours: whatever is wrong with it, the recipient has no part in it, and it can be mended.
  if (error.command === 'MAIL FROM') return 'sender_refused';
  return refused ? 'message_refused' : 'message_deferred';
}

/**
 * A 5xx to RCPT is a bounce only if it speaks of the mailbox: enhanced codes 5.1.x (no such address) and 5.2.1
 * (disabled). "Relaying denied" and block lists (5.7.x) speak of us; without an enhanced code 550, 551, 553 and 556 do count.
 */
function recipientCode(error: SmtpFailure): FailureCode {
  const enhanced = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(error.response ?? '')?.[1];
  if (enhanced === '5.2.2') return 'mailbox_full';
  if (enhanced !== undefined)
    return enhanced.startsWith('5.1.') || enhanced === '5.2.1' ? 'recipient_refused' : 'refused_by_policy';
  if (/relay|spam|blocked|blacklist|policy/i.test(error.response ?? '')) return 'refused_by_policy';
  return [550, 551, 553, 556].includes(error.responseCode ?? 0) ? 'recipient_refused' : 'refused_by_policy';
}

/** Servers repeat the address in their reply; a reason must not carry personal data. */
function withoutRecipient(text: string, recipient: string): string {
  return recipient === '' ? text : text.replaceAll(recipient, '(recipient)');
}
