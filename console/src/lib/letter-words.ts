// What is said about a letter beside its picture: which names were known and which fallback stands instead. And how its HTML is shown
// in one of the two looks that mail readers have, whatever the look of this machine is.

export interface FilledField {
  readonly path: string;
  /** null: not known of this person. */
  readonly value: string | null;
  readonly fallback: string;
}

/** `person.first_name` → `First name`. */
export function fieldLabel(path: string): string {
  const words = (path.split('.').at(-1) ?? path).replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** One sentence a field that is not known; nothing about those that are. */
export function fallbackWords(fields: readonly FilledField[]): readonly string[] {
  return fields
    .filter(({ value }) => value === null)
    .map(({ path, fallback }) =>
      fallback === ''
        ? `${fieldLabel(path)} is not known: nothing stands in its place.`
        : `${fieldLabel(path)} is not known: “${fallback}” stands in its place.`,
    );
}

export type Scheme = 'light' | 'dark';

/** The letter as a mail reader of this look shows it: its own dark rules always apply, or never do. */
export function inScheme(html: string, scheme: Scheme): string {
  return html
    .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_found, wanted: string) =>
      wanted.toLowerCase() === scheme ? '(min-width: 0)' : '(max-width: 0)',
    )
    .replace(/(<meta\s+name="(?:supported-)?color-schemes?"\s+content=")[^"]*"/gi, `$1${scheme}"`);
}
