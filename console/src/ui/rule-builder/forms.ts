// Every kind of condition: where it stands in the menu, what it begins with, and its sentence as parts. A kind without an entry
// does not compile: a new kind is one entry in the file of its topic.
import type { Beginning, Form, LeafKind } from './form.ts';
import { dateForms } from './forms-dates.ts';
import { eventForms } from './forms-events.ts';
import { loyaltyForms } from './forms-loyalty.ts';
import { moneyForms } from './forms-money.ts';
import { personForms } from './forms-person.ts';
import { predictionForms } from './forms-predictions.ts';

export const forms: { readonly [kind in LeafKind]: Form } = {
  ...eventForms,
  ...moneyForms,
  ...personForms,
  ...dateForms,
  ...predictionForms,
  ...loyaltyForms,
};

export const isLeafKind = (kind: unknown): kind is LeafKind =>
  typeof kind === 'string' && Object.hasOwn(forms, kind);

export const beginnings: readonly Beginning[] = Object.values(forms).flatMap(({ menu }) => menu);
