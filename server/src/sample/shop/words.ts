// What customers of the sample shop write: complaints, reviews, reasons. Invented, and kept short.

export const COMPLAINTS: readonly (readonly [string, string])[] = [
  ['delivery', 'The parcel has been "on its way" for nine days now.'],
  ['delivery', 'The box arrived wet and one bag had burst open.'],
  ['quality', 'The last bag tastes flat, as if it had been open for weeks.'],
  ['quality', 'There was a small stone among the beans. My grinder did not like it.'],
  ['order', 'I ordered ground coffee and got whole beans.'],
  ['order', 'Half of my order was missing and nobody told me.'],
  ['invoice', 'The code was accepted and then not taken off the price.'],
  ['letters', 'I asked twice to get fewer letters.'],
];

export const RETURN_REASONS: readonly string[] = [
  'arrived damaged',
  'tastes different from last time',
  'ordered by mistake',
  'a gift that was not wanted',
  'came too late',
];

export const GOOD_REVIEWS: readonly string[] = [
  'Smells of the sea and of toast. I have stopped looking for another one.',
  'Exactly as described, and the handwritten card made my week.',
  'Came in two days, roasted the day before. You can taste it.',
  'The best decaf I know. My evenings are saved.',
  'A present for my father, who now wants nothing else.',
];

export const MIXED_REVIEWS: readonly string[] = [
  'Nice, but a little sour for me.',
  'Good tea, too much packaging.',
  'It is all right. The last harvest was better.',
];

export const BAD_REVIEWS: readonly string[] = ['Bitter, and the bag was not sealed.', 'Not worth the price.'];

export const NPS_REASONS: { readonly [kind in 'high' | 'middle' | 'low']: readonly string[] } = {
  high: ['You answer like people.', 'Fresh every time.', 'I give it to everyone I like.'],
  middle: ['Good, but there are cheaper ones.', 'Delivery could be faster.'],
  low: ['Two wrong parcels in a row.', 'Too expensive by now.', 'Nobody answered my question.'],
};

/** What people tell of themselves: the trait, and what they may say. */
export const PREFERENCES: readonly (readonly [string, readonly string[]])[] = [
  ['brews_with', ['filter', 'espresso machine', 'french press', 'moka pot', 'teapot']],
  ['taste', ['chocolate and nuts', 'fruit and flowers', 'smoke and spice', 'green and fresh']],
  ['drinks', ['alone in the morning', 'with family', 'at the office', 'in the evening']],
  ['milk', ['none', 'dairy', 'oat']],
];

export const OFFICES: readonly (readonly [string, string, number])[] = [
  ['Lindgren Architects', 'architecture', 24],
  ['Nordlicht Software', 'software', 61],
  ['Atelier Rousseau', 'design', 9],
  ['Kade & Zonen Shipping', 'logistics', 140],
  ['Penrose Law', 'law', 33],
  ['Studio Montero', 'film', 12],
  ['Bakery Zur Mühle', 'food', 18],
  ['Whitby Surveyors', 'engineering', 27],
  ['Clinica Bellini', 'health', 45],
  ['Baltic Translations', 'services', 15],
];
