import { expect, test } from 'vitest';
import { inPurchaseWords } from '../src/lifecycle/industry.ts';
import { shippedSegments } from '../src/lifecycle/segments.ts';
import { readyJourneys } from '../src/journeys/ready.ts';

const bookings = ['Order Completed', 'Booking Completed'];
const segment = (key: string) => shippedSegments.find((one) => one.key === key);
const journey = (key: string) => readyJourneys.find((one) => one.key === key);

test('where a purchase is an order, what ships stays as it is', () => {
  expect(inPurchaseWords(shippedSegments, ['Order Completed'])).toBe(shippedSegments);
});

test('where a booking is a purchase too, the welcome begins with it and coming back is one', () => {
  const welcome = inPurchaseWords(journey('welcome')?.graph, bookings);
  expect(welcome?.nodes['first_order']).toMatchObject({ on: { kind: 'event', event: bookings } });
  expect(welcome?.goal?.rule).toMatchObject({ event: bookings });
  const broken = inPurchaseWords(journey('broken_rhythm')?.graph, bookings);
  expect(broken?.nodes['return']).toMatchObject({
    event: { event: [...bookings, 'Page Viewed', 'Screen Viewed', 'Product Viewed'] },
  });
});

test('whoever books after saying goodbye is not gone', () => {
  const gone = JSON.stringify(inPurchaseWords(segment('gone')?.rule, bookings));
  expect(gone).toContain('"Farewell Requested","Order Completed","Booking Completed"');
  expect(gone, 'what ends a relationship is what it was').toContain(
    '"op":"one_of","value":["Account Closed","Subscription Ended","Farewell Requested"]',
  );
});

test('nothing that ships compares with the name of the purchase itself, which would miss the others', () => {
  const compared = JSON.stringify([shippedSegments, readyJourneys]).match(/"value":"Order Completed"/g);
  expect(compared).toBeNull();
});
