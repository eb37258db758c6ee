// What happens to mail now, in one word and one sentence: shown before a journey is switched on and on the first page's list.
import { getWorkspace } from '../postgres/definitions.ts';
import type { HttpDeps } from './deps.ts';

export interface SendingState {
  readonly mode: 'mailbox' | 'test' | 'live';
  readonly note: string;
  /** From address and postal address are there. */
  readonly sender_set: boolean;
}

export async function describeSending(deps: HttpDeps, workspaceId: string): Promise<SendingState> {
  const { settings } = await getWorkspace(deps.pools.console, workspaceId);
  const sending = isRecord(settings['sending']) ? settings['sending'] : {};
  const { mode } = sending;
  const isSet = isRecord(sending['from']) && typeof sending['postal_address'] === 'string';
  if (mode === 'live') {
    const note =
      deps.config.smtpUrl === null
        ? 'Live sending is on, but no SMTP server is set (SMTP_URL): messages wait.'
        : 'Live sending is on: messages go to their recipients.';
    return { mode, note, sender_set: isSet };
  }
  if (mode === 'test') {
    const note =
      'Test mode: only addresses on the allow-list get mail, everything else goes to the built-in mailbox.';
    return { mode, note, sender_set: isSet };
  }
  const note =
    deps.config.smtpUrl === null
      ? 'No SMTP server is set: messages go to the built-in mailbox.'
      : 'Live sending is off: messages go to the built-in mailbox.';
  return { mode: 'mailbox', note, sender_set: isSet };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
