/** A notification as far as the model of a run needs it; the handle is made up. */
export const notification = (n: number) => ({ MessageReceiptHandle: `AQEB-${n}`, n });
