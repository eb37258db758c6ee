// A key that nobody guesses and no two draw alike: 32 hexadecimal digits. `crypto.randomUUID` is missing on plain http outside localhost.
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
