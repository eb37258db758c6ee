import { prove } from '../support/prove.ts';

prove('ledger');
