// Why a message waits or ended, in words, by the reason in the ledger.

const words: Readonly<Record<string, string>> = {
  goal_reached: 'Not sent: the goal was reached before.',
  run_ended: 'Not sent: the journey ended for this person.',
  restored: 'Not sent: it was due before a backup was restored, and may have gone out then.',
  no_address: 'Not sent: there is no address.',
  no_consent: 'Not sent: they did not agree to this topic.',
  suppressed: 'Not sent: the address bounced, marked us as spam or was blocked.',
  too_late: 'Not sent: it would come too late to be useful.',
  journey_off: 'Not sent: the journey was switched off.',
  open_complaint: 'Not sent: they have an open complaint. We look again when it is solved.',
  cap_day: 'Waits: enough was sent today.',
  cap_week: 'Waits: enough was sent this week.',
  cap_channel: 'Waits: enough was sent on this channel.',
  quiet_hours: 'Waits: quiet hours.',
  rate: 'Waits for its turn.',
  parked: 'Waits: the sending rules could not be asked. See Quarantine.',
  recipient_refused: 'The provider says that there is no such mailbox. We do not write there again.',
  sample_person: 'Not sent: the person belongs to the sample store, and nothing of it leaves Rapport.',
  bad_address: 'The address is not one that can be written to.',
  recipient_deferred: 'The mailbox does not take messages now. We try again.',
  mailbox_full: 'The mailbox is full. We try again.',
  message_refused: 'The provider refused this message.',
  message_deferred: 'The provider does not take this message now. We try again.',
  message_too_large: 'The message is too large for the provider.',
  refused_by_policy: 'The provider refused to take mail from us for this address.',
  sender_refused: 'The provider does not accept our sender address. We try again.',
  auth_failed: 'The provider does not accept our user and password. We try again.',
  tls_failed: 'No secure connection to the provider. We try again.',
  server_not_found: 'The server cannot be found. We try again.',
  not_connected: 'The server cannot be reached. We try again.',
  protocol_error: 'The server answers in a way we do not understand. We try again.',
  bad_template: 'The template has a mistake for this person.',
  bad_url: 'The URL cannot be called.',
  private_address: 'The URL leads to a private address, which is not called.',
  too_many_redirects: 'The endpoint redirects too often.',
  endpoint_refused: 'The endpoint refused it.',
  endpoint_busy: 'The endpoint is busy or fails. We try again.',
  said_by_hand: 'Someone looked it up: it was not delivered.',
};

/** With a name where one is known: "Not sent: Omar has an open complaint. We look again when it is solved." */
export function reasonText(state: string, reason: string | null, name: string | null = null): string | null {
  if (reason === null) return null;
  const known = words[reason];
  if (known === undefined) return reason;
  const ended = state === 'failed' || state === 'dropped';
  const said = ended
    ? known
        .replace(' We try again.', '')
        .replace('. We look again when it is solved.', ' that was not solved in time.')
    : known;
  if (name === null) return said;
  return said.replace(/\bthey have\b/, `${name} has`).replace(/\bthey\b/, name);
}
