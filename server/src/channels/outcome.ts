// What came of handing a message to a channel. The distinction carries the promise "at most one hand-off begins
// whose failure is not proven": `failed` only where it is proven that nobody accepted anything.

/** Closed. Which of them count as bounces is said by `bounceOf`. */
export type FailureCode =
  // about the address
  | 'bad_address'
  | 'recipient_refused'
  | 'recipient_deferred'
  | 'mailbox_full'
  // about the message
  | 'message_refused'
  | 'message_deferred'
  | 'message_too_large'
  | 'refused_by_policy'
  // about us and the line to the provider
  | 'sender_refused'
  | 'auth_failed'
  | 'tls_failed'
  | 'server_not_found'
  | 'not_connected'
  | 'protocol_error'
  // webhooks
  | 'bad_url'
  | 'private_address'
  | 'too_many_redirects'
  | 'endpoint_refused'
  | 'endpoint_busy';

export type HandOver =
  | { readonly kind: 'sent'; readonly providerId: string | null }
  | {
      readonly kind: 'failed';
      readonly permanent: boolean;
      readonly code: FailureCode;
      readonly detail: string;
    }
  | { readonly kind: 'uncertain'; readonly detail: string };

export const DETAIL_MAX = 300;

export function sent(providerId: string | null): HandOver {
  return { kind: 'sent', providerId };
}

export function failedForGood(code: FailureCode, detail: string): HandOver {
  return { kind: 'failed', permanent: true, code, detail: shortDetail(detail) };
}

export function failedForNow(code: FailureCode, detail: string): HandOver {
  return { kind: 'failed', permanent: false, code, detail: shortDetail(detail) };
}

export function uncertain(detail: string): HandOver {
  return { kind: 'uncertain', detail: shortDetail(detail) };
}

/** Whether a failure speaks against the address: 1 hard or 5 soft ones in a row suppress it, and nothing else does. */
export function bounceOf(code: FailureCode): 'hard' | 'soft' | 'none' {
  if (code === 'recipient_refused' || code === 'bad_address') return 'hard';
  return code === 'recipient_deferred' || code === 'mailbox_full' ? 'soft' : 'none';
}

function shortDetail(detail: string): string {
  return detail.replace(/\s+/g, ' ').trim().slice(0, DETAIL_MAX);
}
