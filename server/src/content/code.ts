// Offer codes: derived from the message's id, so that a repeated rendering shows the same code. People read them
// aloud and type them, so no two characters look or sound alike, and a mistyped one is noticed.
import { createHash } from 'node:crypto';

// 29 symbols, no 0 O 1 I L U Z. 29 is prime, which lets one check symbol catch every single wrong symbol and
// every swap of two symbols (weights 1 to 12 are distinct and not 0 modulo 29).
const SYMBOLS = '23456789ABCDEFGHJKMNPQRSTVWXY';
const BODY_LENGTH = 11;

/** `7K3M-9QXD-4HRA`. 29^11 codes: among a million the chance that any two are alike is 1 in 24,000. */
export function offerCode(messageId: string): string {
  const digest = createHash('sha256').update('offer-code:').update(messageId).digest('hex');
  let rest = BigInt(`0x${digest}`);
  let body = '';
  for (let at = 0; at < BODY_LENGTH; at += 1) {
    body += SYMBOLS.charAt(Number(rest % 29n));
    rest /= 29n;
  }
  return grouped(body + checkSymbol(body));
}

/** The code as we write it, or undefined if it was mistyped. Case, spaces and dashes do not matter. */
export function readOfferCode(typed: string): string | undefined {
  if (typed.length > 60) return undefined;
  const code = typed.toUpperCase().replace(/[\s-]/g, '');
  if (code.length !== BODY_LENGTH + 1 || [...code].some((symbol) => !SYMBOLS.includes(symbol)))
    return undefined;
  const body = code.slice(0, BODY_LENGTH);
  return code.charAt(BODY_LENGTH) === checkSymbol(body) ? grouped(code) : undefined;
}

/** Chosen so that the sum of weight times symbol, itself included with the last weight, is 0 modulo 29. */
function checkSymbol(body: string): string {
  const sum = [...body].reduce((total, symbol, at) => total + (at + 1) * SYMBOLS.indexOf(symbol), 0);
  const inverseOf12 = 17; // 12 * 17 = 204 = 7 * 29 + 1
  return SYMBOLS.charAt(((29 - (sum % 29)) * inverseOf12) % 29);
}

function grouped(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}
