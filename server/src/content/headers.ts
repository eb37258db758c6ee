// The headers of a letter as the built-in mailbox shows them.

export function letterHeaders(letter: {
  readonly from: { readonly name: string; readonly address: string } | null;
  /** Stands for the sender while none is set. */
  readonly business: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly unsubscribeUrl: string | null;
}): { readonly [name: string]: string } {
  const { from, to, unsubscribeUrl } = letter;
  return {
    From: from === null ? letter.business : `${from.name} <${from.address}>`,
    To: to.name === '' ? to.address : `${to.name} <${to.address}>`,
    Subject: letter.subject,
    ...(unsubscribeUrl === null
      ? {}
      : {
          'List-Unsubscribe': `<${unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
  };
}
