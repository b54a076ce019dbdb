/** Why a message must not be acknowledged now. */
export interface Reason {
	/** `waits`: the run still has work for it that leads here. `failed`: this node will not be asked again with another result. */
	kind: 'failed' | 'waits';
	/** The step that the reason is about. */
	step: string;
	/** A sentence without a full stop. */
	text: string;
}

/** Every sentence that states why a message is held back or waits. */
export const REASONS = {
	failedAsAWhole: (step: string) =>
		failed(step, 'failed as a whole, and the run continued because of its setting "On Error"'),
	failedForAnItem: (step: string) => failed(step, 'failed for an item of this message'),
	/** @param why the end of the sentence */
	leftOut: (step: string, why: string) => failed(step, why),
	workBeside: (step: string) =>
		failed(
			step,
			'has not worked on this message yet, and does not lead to this node: put this node after it, or name it in the option "Optional Steps"',
		),
	calledFromElsewhere: (step: string): Reason => ({
		kind: 'failed',
		step,
		text: 'This is a sub-workflow, and the workflow that calls it has read the file: put the ACK node there',
	}),
	workOnTheWay: (step: string) =>
		waits(
			step,
			`The step "${step}", which also leads to this node, has not worked on this message yet. If it is on another branch, join the branches with a Merge node before this node`,
		),
	roundsLeft: (loop: string) => waits(loop, `The loop "${loop}" has rounds left for this message`),
	moreToCome: (own: string) => waits(own, 'More items of this message are on their way to this node'),
} as const;

function failed(step: string, what: string): Reason {
	return { kind: 'failed', step, text: `The step "${step}" ${what}` };
}

function waits(step: string, text: string): Reason {
	return { kind: 'waits', step, text };
}
