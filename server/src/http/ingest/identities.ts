// Identities as they are compared: trimmed, e-mail in lower case, telephone numbers as digits; and the values that
// programs send when they have nothing to say. Pure.

/** What badly wired sites send instead of an id: linking on these would make one person of thousands. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  'na',
  'n/a',
  '0',
  '-1',
  'true',
  'false',
  '[object object]',
  'anonymous',
  'guest',
  'unknown',
  'user',
  'userid',
  'user_id',
  'anonymousid',
  'anonymous_id',
  'id',
  '{}',
  '[]',
  '""',
  '00000000-0000-0000-0000-000000000000',
]);

export const ID_CHARS_MAX = 256;
const EMAIL_CHARS_MAX = 254;

/** Also `{{ user.id }}` and `%userid%`: a template that was never filled in. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim().toLowerCase();
  return PLACEHOLDERS.has(text) || /^(\{\{.*\}\}|\$\{.*\}|%[a-z_]+%|<[a-z_ ]+>)$/.test(text);
}

/** An address in the form in which two are the same, or null when it is none. */
export function normaliseEmail(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim().normalize('NFC').toLowerCase();
  if (text.length > EMAIL_CHARS_MAX || !/^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+\.[^\s@.]{2,}$/.test(text))
    return null;
  return isPlaceholder(text.slice(0, text.indexOf('@'))) ? null : text;
}

/** A number with its country (`+49…`), or null: without the country two people could share it. */
export function normalisePhone(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim().replace(/^00/, '+');
  if (!/^\+[\d\s().\-/]{7,24}$/.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  return digits.length >= 8 && digits.length <= 15 ? `+${digits}` : null;
}
