// What a business may choose from: its kind, its time zone, its currency.

export const industries = [
  { value: 'shop', label: 'Online shop' },
  { value: 'retail', label: 'Retail' },
  { value: 'subscription', label: 'Subscription' },
  { value: 'hospitality', label: 'Hospitality' },
  { value: 'fitness', label: 'Fitness' },
  { value: 'education', label: 'Education' },
];

/** `Intl` leaves out UTC, which a server's browser may well be set to. */
export function timeZones(): string[] {
  const all = new Set([
    'UTC',
    Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...Intl.supportedValuesOf('timeZone'),
  ]);
  return [...all].toSorted();
}

export function currencies(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }));
}
