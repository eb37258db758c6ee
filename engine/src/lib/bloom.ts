// A small fixed set of ids that answers "certainly not" or "perhaps": 4,096 bits, three per id, stored as base64.
// A wrong "perhaps" only costs a refold; a "certainly not" is never wrong.
import { sha256 } from './sha256.ts';

const BITS = 4_096;

export type BloomBits = Uint8Array;

export function emptyBloom(): BloomBits {
  return new Uint8Array(BITS / 8);
}

export function bloomAdd(bits: BloomBits, id: string): void {
  for (const bit of bitsOf(id)) bits[bit >> 3] = bits[bit >> 3]! | (1 << (bit & 7));
}

export function bloomMayHave(text: string, id: string): boolean {
  for (const bit of bitsOf(id)) {
    // Each character holds six bits: one is enough to look at.
    const six = ALPHABET.indexOf(text[Math.floor(bit / 6)]!);
    if ((six & (1 << (bit % 6))) === 0) return false;
  }
  return true;
}

export function bloomText(bits: BloomBits): string {
  let text = '';
  for (let bit = 0; bit < BITS; bit += 6) {
    let six = 0;
    for (let i = 0; i < 6 && bit + i < BITS; i++) {
      if ((bits[(bit + i) >> 3]! & (1 << ((bit + i) & 7))) !== 0) six |= 1 << i;
    }
    text += ALPHABET[six]!;
  }
  return text;
}

export function bloomFrom(text: string): BloomBits {
  const bits = emptyBloom();
  for (let i = 0; i < text.length; i++) {
    const six = ALPHABET.indexOf(text[i]!);
    for (let j = 0; j < 6; j++) {
      const bit = i * 6 + j;
      if (bit < BITS && (six & (1 << j)) !== 0) bits[bit >> 3] = bits[bit >> 3]! | (1 << (bit & 7));
    }
  }
  return bits;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function bitsOf(id: string): readonly number[] {
  const hash = sha256(id);
  return [hash[0]! & (BITS - 1), hash[1]! & (BITS - 1), hash[2]! & (BITS - 1)];
}
