/** Returns the parts of a notification that the model of a run needs, with an invented handle. */
export const notification = (n: number) => ({ MessageReceiptHandle: `AQEB-${n}`, n });
