// The words of importing: problems with a whole file, refusals of single rows, notices about what was assumed.
// Every one says what was found, with the value, and the hint says what to do.

export type Problem = {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint: string;
};

export type ProblemCode =
  | 'file_empty'
  | 'file_too_large'
  | 'file_compressed'
  | 'file_not_text'
  | 'encoding_unknown'
  | 'too_many_columns'
  | 'too_many_rows'
  | 'quotes_unbalanced'
  | 'column_missing'
  | 'column_unknown'
  | 'role_unknown'
  | 'option_invalid'
  | 'nothing_readable';

export type Notice = {
  readonly code:
    | 'encoding_assumed'
    | 'text_damaged'
    | 'header_repeated'
    | 'no_header'
    | 'date_order_assumed'
    | 'date_mixed'
    | 'decimal_assumed'
    | 'columns_ignored'
    | 'orders_without_id'
    | 'identical_rows'
    | 'status_unknown'
    | 'known_already'
    | 'identities_left'
    | 'same_file'
    | 'several_passes'
    | 'currency_assumed';
  readonly message: string;
  readonly hint: string;
};

export type RefusalCode =
  | 'nul_byte'
  | 'damaged_text'
  | 'quote_not_closed'
  | 'record_too_long'
  | 'field_too_long'
  | 'ragged_row'
  | 'identity_missing'
  | 'identity_placeholder'
  | 'identity_too_long'
  | 'date_missing'
  | 'date_unreadable'
  | 'date_out_of_range'
  | 'date_in_future'
  | 'date_after_as_of'
  | 'amount_missing'
  | 'amount_unreadable'
  | 'amount_too_precise'
  | 'amount_too_large'
  | 'currency_unknown'
  | 'currency_conflict'
  | 'quantity_unreadable'
  | 'not_completed'
  | 'order_conflict'
  | 'order_line_refused'
  | 'order_too_long'
  | 'order_changed'
  | 'person_erased';

/** Why one row cannot be taken. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly reason: string;
  readonly hint: string;
};

export function problem(code: ProblemCode, message: string, hint: string): Problem {
  return { code, message, hint };
}

export function notice(code: Notice['code'], message: string, hint = ''): Notice {
  return { code, message, hint };
}

export function refusal(code: RefusalCode, reason: string, hint: string): Refusal {
  return { code, reason, hint };
}

/** A value as it is shown in a message: quoted, one line, shortened. */
export function shown(value: string): string {
  const oneLine = value.replace(/\s+/g, ' ');
  return oneLine.length > 60 ? `'${oneLine.slice(0, 57)}…'` : `'${oneLine}'`;
}

export function listed(values: readonly string[], max = 30): string {
  const head = values.slice(0, max).map((value) => shown(value));
  return values.length > max ? `${head.join(', ')} and ${values.length - max} more` : head.join(', ');
}
