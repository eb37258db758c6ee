// What the shop sells: Harbour & Leaf, an invented roastery of coffee and tea by the sea, with what one needs to brew them.
// Prices in minor units of the workspace's currency.

export type Shelf = 'coffee' | 'tea' | 'brewing' | 'gifts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly shelf: Shelf;
  readonly price: number;
}

export const PRODUCTS: readonly Product[] = [
  coffee('lighthouse', 'Lighthouse Espresso, 500 g', 1490),
  coffee('low-tide', 'Low Tide Filter, 500 g', 1420),
  coffee('north-pier', 'North Pier House Blend, 500 g', 1190),
  coffee('north-pier-1kg', 'North Pier House Blend, 1 kg', 2190),
  coffee('sleepy-gull', 'Sleepy Gull Decaf, 250 g', 890),
  coffee('ropewalk', 'Ropewalk Dark Roast, 500 g', 1290),
  coffee('yirgacheffe', 'Yirgacheffe Kochere, 250 g', 1150),
  coffee('huila', 'Huila Pink Bourbon, 250 g', 1390),
  coffee('antigua', 'Antigua Los Volcanes, 250 g', 990),
  coffee('malabar', 'Monsooned Malabar, 500 g', 1350),
  coffee('nyeri', 'Nyeri Peaberry, 250 g', 1290),
  coffee('drip-bags', 'Drip bags for the road, 10 cups', 1180),
  tea('breakfast', 'Harbour Breakfast, 250 g', 1090),
  tea('earl', 'Earl of the Estuary, 100 g', 790),
  tea('darjeeling', 'Darjeeling First Flush, 100 g', 1690),
  tea('sencha', 'Sencha Kagoshima, 100 g', 1390),
  tea('genmaicha', 'Genmaicha, 100 g', 890),
  tea('jasmine', 'Jasmine Pearls, 100 g', 1590),
  tea('oolong', 'Milk Oolong, 100 g', 1490),
  tea('peppermint', 'Peppermint from the walled garden, 75 g', 590),
  tea('chamomile', 'Chamomile and Honeybush, 90 g', 650),
  tea('rooibos', 'Rooibos Orange, 150 g', 690),
  tea('winter', 'Winter Spice, 150 g', 850),
  tea('chai', 'Dockside Chai, 200 g', 950),
  brewing('dripper', 'Porcelain dripper for two cups', 2490),
  brewing('filters', 'Paper filters, 100 pieces', 590),
  brewing('grinder', 'Hand grinder, steel burrs', 8900),
  brewing('kettle', 'Gooseneck kettle, 0.9 l', 5900),
  brewing('press', 'French press, 1 l', 3490),
  brewing('teapot', 'Cast-iron teapot, 0.8 l', 4690),
  brewing('strainer', 'Fine tea strainer', 1290),
  brewing('scale', 'Pocket scale with timer', 3290),
  gift('tasting', 'Tasting box: five small coffees', 2690),
  gift('tea-chest', 'Tea chest with twelve kinds', 3490),
  gift('mug', 'Stoneware mug, sea green', 1690),
  gift('advent', 'Advent calendar, 24 cups', 4490),
];

/** Grounds for how well something keeps people: what is drunk up is bought again. */
export function isDrunkUp({ shelf }: Product): boolean {
  return shelf === 'coffee' || shelf === 'tea';
}

export const PAGES: readonly (readonly [string, string])[] = [
  ['/', 'Harbour & Leaf'],
  ['/coffee', 'Coffee'],
  ['/tea', 'Tea'],
  ['/brewing', 'Brewing'],
  ['/gifts', 'Gifts'],
  ['/journal/water', 'Why water matters more than you think'],
  ['/journal/first-flush', 'A morning in the first flush'],
  ['/journal/grind', 'How fine is fine?'],
  ['/delivery', 'Delivery and returns'],
  ['/about', 'The people behind the roaster'],
];

function coffee(id: string, name: string, price: number): Product {
  return { id, name, price, shelf: 'coffee' };
}

function tea(id: string, name: string, price: number): Product {
  return { id, name, price, shelf: 'tea' };
}

function brewing(id: string, name: string, price: number): Product {
  return { id, name, price, shelf: 'brewing' };
}

function gift(id: string, name: string, price: number): Product {
  return { id, name, price, shelf: 'gifts' };
}
