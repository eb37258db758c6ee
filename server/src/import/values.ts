// Single cells that are neither dates nor money: identities, status, consent, traits. They are normalised here and
// nowhere else in importing; what cannot be one is left out or refused, never guessed.

import { LIMITS } from './limits.ts';
import { foldHeading } from './roles.ts';

/** `[kind, value]`, as the engine's facts carry them. */
export type Identity = readonly [kind: string, value: string];

export type StatusKind =
  | 'completed'
  | 'refunded'
  | 'cancelled'
  | 'partly_refunded'
  | 'not_completed'
  | 'unknown';

/** What a consent cell says: given, never given, or taken back. */
export type ConsentSaid = 'given' | 'not_given' | 'withdrawn';

const EMAIL = /^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+\.[^\s@.]{2,}$/;
const PLACEHOLDERS = new Set([
  '', '0', '-', '--', 'null', 'undefined', 'none', 'nan', 'n/a', 'na', '#n/a', 'unknown', 'guest', 'anonymous', 'gast', '[object object]', 'true', 'false',
]); // prettier-ignore

const PLACEHOLDER_CHARS_MAX = Math.max(...[...PLACEHOLDERS].map((word) => word.length));

export function isPlaceholder(value: string): boolean {
  if (value.length > PLACEHOLDER_CHARS_MAX + 4) return false;
  return PLACEHOLDERS.has(value.trim().toLowerCase());
}

/** Lower case, one address; undefined when it is none. The same form as ingestion compares. */
export function normaliseEmail(cell: string): string | undefined {
  const plain = cell
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<(.*)>$/, '$1')
    .normalize('NFC')
    .toLowerCase();
  if (plain.length > 254 || !EMAIL.test(plain)) return undefined;
  return isPlaceholder(plain.slice(0, plain.indexOf('@'))) ? undefined : plain;
}

/** A number with its country (`+49…`); without the country two people could share it. */
export function normalisePhone(cell: string): string | undefined {
  const text = cell.trim().replace(/^'/, '').replace(/^tel:/i, '').replace(/^00/, '+');
  if (!/^\+[\d\s().\-/]{7,24}$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  return digits.length >= 8 && digits.length <= 15 ? `+${digits}` : undefined;
}

export function cleanText(cell: string, charsMax: number = LIMITS.traitCharsMax): string {
  const text = cell.trim();
  return text.length > charsMax ? text.slice(0, charsMax).toWellFormed() : text;
}

const STATUS_WORDS: Readonly<Record<Exclude<StatusKind, 'unknown'>, readonly string[]>> = {
  completed: [
    'paid', 'completed', 'complete', 'fulfilled', 'shipped', 'delivered', 'processing', 'processed', 'partially paid', 'partially shipped', 'closed', 'invoiced', 'success', 'succeeded', 'successful', 'captured', 'settled', 'ok', 'approved', 'confirmed', 'done', 'active', 'sold', 'authorized', 'in progress', 'ready', 'picked up', 'awaiting fulfillment', 'awaiting shipment',
    'bezahlt', 'versendet', 'abgeschlossen', 'geliefert', 'erledigt', 'in bearbeitung', 'paye', 'payee', 'terminee', 'termine', 'expediee', 'livree', 'en cours', 'pagado', 'completado', 'completada', 'enviado', 'entregado', 'procesando', 'pagato', 'completato', 'spedito', 'consegnato', 'pago', 'concluido', 'entregue', 'betaald', 'voltooid', 'verzonden', 'afgerond', 'zrealizowane', 'oplacone',
    'no', 'false', 'nein', 'non', 'n', '0',
  ],
  refunded: [
    'refunded', 'refund', 'returned', 'return', 'chargeback', 'charged back', 'reversed', 'fully refunded', 'erstattet', 'retourniert', 'zuruckgegeben', 'retoure', 'rembourse', 'remboursee', 'retourne', 'reembolsado', 'reembolsada', 'devuelto', 'rimborsato', 'reso', 'terugbetaald', 'geretourneerd', 'zwrocone',
    'yes', 'true', 'ja', 'oui', 'si', 'y', '1',
  ],
  cancelled: ['cancelled', 'canceled', 'cancel', 'voided', 'void', 'declined after payment', 'storniert', 'abgebrochen', 'annule', 'annulee', 'cancelado', 'cancelada', 'annullato', 'geannuleerd', 'anulowane', 'annulleret'],
  partly_refunded: ['partially refunded', 'partial refund', 'partly refunded', 'partially returned', 'teilweise erstattet', 'partiellement remboursee', 'parcialmente reembolsado', 'parzialmente rimborsato', 'gedeeltelijk terugbetaald'],
  not_completed: [
    'pending', 'pending payment', 'awaiting payment', 'unpaid', 'failed', 'failure', 'draft', 'checkout draft', 'abandoned', 'expired', 'declined', 'rejected', 'on hold', 'holded', 'payment review', 'fraud', 'new', 'open', 'incomplete', 'quote', 'trash',
    'ausstehend', 'offen', 'fehlgeschlagen', 'entwurf', 'unbezahlt', 'en attente', 'echouee', 'brouillon', 'pendiente', 'fallido', 'fallida', 'borrador', 'in attesa', 'fallito', 'bozza', 'pendente', 'falhou', 'in afwachting', 'mislukt', 'openstaand', 'w toku', 'oczekujace',
  ],
}; // prettier-ignore

const STATUS = new Map<string, StatusKind>();
for (const kind of ['completed', 'refunded', 'cancelled', 'partly_refunded', 'not_completed'] as const) {
  for (const word of STATUS_WORDS[kind]) STATUS.set(word, kind);
}

/** An empty status is a completed order; one we do not know is said to be unknown. */
export function readStatus(cell: string): StatusKind {
  if (cell === '') return 'completed';
  const folded = foldHeading(cell).replace(/^wc /, '');
  return folded === '' ? 'completed' : (STATUS.get(folded) ?? 'unknown');
}

const GIVEN = new Set(['yes', 'y', 'true', '1', 'subscribed', 'given', 'opted in', 'opt in', 'optin', 'accepted', 'confirmed', 'granted', 'active', 'enabled', 'ja', 'oui', 'si', 'sim', 'tak', 'x', 'on', 'double opt in', 'single opt in']); // prettier-ignore
const WITHDRAWN = new Set(['unsubscribed', 'opted out', 'opt out', 'optout', 'withdrawn', 'revoked', 'complained', 'spam', 'abgemeldet', 'desabonne', 'disiscritto', 'uitgeschreven', 'cleaned', 'bounced', 'suppressed', 'redacted']); // prettier-ignore

export function readConsent(cell: string): ConsentSaid | undefined {
  const folded = cell === '' ? '' : foldHeading(cell);
  if (folded === '') return undefined;
  if (WITHDRAWN.has(folded)) return 'withdrawn';
  return GIVEN.has(folded) ? 'given' : 'not_given';
}
