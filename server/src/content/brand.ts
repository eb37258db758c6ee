// What a business may choose of the look of its letters: a colour and a logo. Colours that could not be read are made readable here,
// by WCAG's contrast ratio, so that no choice can spoil a letter.

export interface Brand {
  /** `#RRGGBB`, of buttons and links; null: ours. */
  readonly colour: string | null;
  /** https address of a picture, shown 32 px high; null: the name in words. */
  readonly logo_url: string | null;
}

export const NO_BRAND: Brand = { colour: null, logo_url: null };

const INK = '#1B2226';
const DARK_SHEET = '#1C2226';

/** What a template sees as `brand`. */
export function brandData(brand: Brand): { readonly [key: string]: string | null } {
  const { colour, logo_url } = brand;
  if (colour === null) return { colour: null, on_colour: null, colour_dark: null, logo_url };
  const onWhite = contrast(colour, '#FFFFFF');
  return {
    colour,
    on_colour: onWhite >= contrast(colour, INK) ? '#FFFFFF' : INK,
    colour_dark: mixedUntil(colour, '#FFFFFF', (mixed) => contrast(mixed, DARK_SHEET) >= 4.5),
    logo_url,
  };
}

/** WCAG 2.2, 1.4.3: from 1 (the same) to 21 (black on white). */
export function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Whether links in this colour can be read on a white sheet. */
export function isReadable(colour: string): boolean {
  return contrast(colour, '#FFFFFF') >= 4.5;
}

function luminance(colour: string): number {
  const [r, g, b] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function mixedUntil(colour: string, towards: string, enough: (mixed: string) => boolean): string {
  const from = channels(colour);
  const to = channels(towards);
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = from.map((value, i) => Math.round(value + ((to[i] ?? 255) - value) * share));
    const hex = `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`.toUpperCase();
    if (enough(hex)) return hex;
  }
  return towards;
}

function channels(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
