import type {
	AckBlock,
	Block,
	Failure,
	FetchBlock,
	ForkBlock,
	FuzzCase,
	Knobs,
	LoopBlock,
	Message,
	OnError,
	StepBlock,
} from './model';
import { stepsOf, type Join, type StepKind } from './model';
import { Random } from './random';
import { CALM_STEPS, TESTS, WILD_STEPS } from './weights';

const ACK = 'Roche Notification ACK';

/** A deactivated step whose output leads back to it would never end. */
const ENDLESS: Knobs = { disabled: undefined };

/** Draws a workflow and its failures. The same seed draws the same workflow. */
export function generate(seed: number): FuzzCase {
	return new Generator(new Random(seed)).draw();
}

class Generator {
	private readonly counts = new Map<string, number>();
	/** Whether to draw nothing that could prevent an acknowledgement. */
	private readonly calm: boolean;
	/** Steps that may still be drawn. */
	private budget: number;

	constructor(private readonly random: Random) {
		this.calm = random.chance(0.35);
		this.budget = random.whole(1, 9);
	}

	draw(): FuzzCase {
		const { random } = this;
		const messages = Array.from({ length: random.of([1, 2, 2, 3, 3, 4, 5]) }, (): Message => this.message());
		const body = this.whole(messages.length);
		const failures = this.calm ? [] : this.failures(body, messages);
		return { messages, order: random.chance(0.85) ? 'v1' : 'v0', body, failures };
	}

	/** Roche S3 Fetch, steps and the ACK, in a loop or not. */
	private whole(messages: number): Block[] {
		const { random } = this;
		const isLoop = random.chance(0.2);
		const body = [this.fetch(messages), ...this.sequence({ parts: true, depth: isLoop ? 1 : 0 })];
		if (!this.counts.has(ACK) || random.chance(0.05)) body.push(this.ack());
		if (!this.calm && random.chance(0.08)) body.push(...this.sequence({ parts: false, depth: 0 }), this.ack());
		if (!isLoop) return body;
		const version = random.of([1, 2, 3, 3, 3] as const);
		const size = random.of([1, 1, 1, 2, 3]);
		return [{ kind: 'loop', name: this.name('Loop'), version, size, knobs: {}, body }];
	}

	private fetch(messages: number): FetchBlock {
		const { random } = this;
		const onError: OnError = random.weighted({ stopWorkflow: 25, continueRegularOutput: 50, continueErrorOutput: 25 });
		const lookup = {
			fails: random.chance(0.6) ? random.whole(1, messages) : undefined,
			keepsError: random.chance(0.5),
		};
		return {
			kind: 'fetch',
			name: 'Roche S3 Fetch',
			knobs: onError === 'stopWorkflow' ? {} : { onError },
			...(random.chance(0.25) ? { token: true } : {}),
			...(random.chance(0.15) ? { lookup } : {}),
		};
	}

	private message(): Message {
		const { random } = this;
		return {
			parts: random.of([1, 1, 2, 2, 3, 4]),
			...(random.chance(0.05) ? { twice: true } : {}),
			...(!this.calm && random.chance(0.04) ? { missing: true } : {}),
			...(random.chance(0.04) ? { ack: random.of(['cut', 'fails', 'carried out, cut']) } : {}),
		};
	}

	private name(what: string): string {
		const count = (this.counts.get(what) ?? 0) + 1;
		this.counts.set(what, count);
		return count === 1 ? what : `${what} ${count}`;
	}

	/** Draws steps in a row. @param way whether the items still have their list of parts, and how many loops surround the steps */
	private sequence(way: { parts: boolean; depth: number }): Block[] {
		const blocks: Block[] = [];
		const { random } = this;
		let { parts } = way;
		while (this.budget > 0 && (blocks.length === 0 || random.chance(0.75))) {
			this.budget -= 1;
			const kind = random.weighted({
				step: 66,
				fork: 24,
				loop: way.depth === 0 ? 18 : this.calm || way.depth > 1 ? 0 : 10,
			});
			const here = { parts, depth: way.depth };
			const block = kind === 'step' ? this.step(here) : kind === 'fork' ? this.fork(here) : this.loop(here);
			if (block.kind === 'step' && ['splitOut', 'splitOutAll', 'aggregate', 'codeGather'].includes(block.step))
				parts = false;
			if (block.kind !== 'step' && JSON.stringify(block).includes('"splitOut')) parts = false;
			blocks.push(block);
		}
		return blocks;
	}

	private step(way: { parts: boolean; depth: number }): StepBlock {
		const { random } = this;
		const weights: Partial<Record<StepKind, number>> = this.calm ? CALM_STEPS : WILD_STEPS;
		const step = random.weighted<StepKind>(way.parts ? weights : { ...weights, splitOut: 0, splitOutAll: 0 });
		const knobs = this.knobs(step);
		const connected = knobs.onError === 'continueErrorOutput' && random.chance(0.55);
		const errors = connected ? this.errors(step, way) : undefined;
		return {
			kind: 'step',
			step,
			name: this.name(step),
			knobs: errors?.join === 'again' ? { ...knobs, ...ENDLESS } : knobs,
			...(step === 'filter' ? { test: random.weighted(TESTS) } : {}),
			...(errors ? { errors } : {}),
		};
	}

	private errors(step: StepKind, way: { parts: boolean; depth: number }): StepBlock['errors'] {
		const { random } = this;
		const join = random.weighted({ merge: 35, all: this.calm ? 0 : 25, again: step === 'send' ? 15 : 0, none: 25 });
		return { blocks: random.chance(0.5) ? [] : this.sequence(way), join };
	}

	private knobs(step?: StepKind): Knobs {
		const { random, calm } = this;
		const fails = step === 'send' || step === 'check' || step === 'queue';
		const careful: OnError = random.of(['continueRegularOutput', 'continueRegularOutput', 'continueErrorOutput']);
		const wild = !calm && step !== undefined;
		return {
			...(random.chance(fails ? 0.75 : 0.06) ? { onError: careful } : {}),
			...(fails && random.chance(0.15) ? { tries: random.whole(2, 3) } : {}),
			...(wild && random.chance(0.03) ? { once: true } : {}),
			...(wild && random.chance(0.05) ? { always: true } : {}),
			...(!calm && random.chance(0.02) ? { disabled: true } : {}),
			...(wild && random.chance(0.015) ? { pinned: true } : {}),
			...(random.chance(0.5) ? { at: [random.whole(0, 20) * 50, random.whole(-10, 10) * 50] } : {}),
		};
	}

	private fork(way: { parts: boolean; depth: number }): ForkBlock {
		const { random } = this;
		const join: Join = this.calm
			? random.of(['append', 'append', 'position', 'choose'])
			: random.weighted({ append: 28, position: 10, choose: 8, all: 24, first: 26, none: 4 });
		return {
			kind: 'fork',
			by: random.of(['copy', 'if', 'if', 'switch']),
			name: this.name('Fork'),
			knobs: this.knobs(),
			test: random.weighted(TESTS),
			branches: [this.branch(way), this.branch(way)],
			join,
			...(random.chance(0.5) ? { mergeAt: [random.whole(0, 20) * 50, random.whole(-10, 10) * 50] } : {}),
		};
	}

	private branch(way: { parts: boolean; depth: number }): Block[] {
		const { random } = this;
		const blocks = random.chance(0.3) ? [] : this.sequence(way);
		if (!this.calm && random.chance(0.06)) blocks.push(this.ack());
		return blocks;
	}

	private loop(way: { parts: boolean; depth: number }): LoopBlock {
		const { random } = this;
		const body = this.sequence({ parts: way.parts, depth: way.depth + 1 });
		const version = random.of([1, 2, 3, 3, 3, 3] as const);
		const acks = this.counts.has(ACK) ? 0.1 : version === 1 ? 0.9 : 0.4;
		const within = random.chance(acks) ? random.of(['chain', 'chain', 'side'] as const) : undefined;
		if (within === 'chain') body.push(this.ack());
		const side =
			within === 'side' ? [this.ack()] : random.chance(this.calm ? 0 : 0.15) ? this.sequence({ ...way, depth: 3 }) : [];
		return {
			kind: 'loop',
			name: this.name('Loop'),
			version,
			size: random.of([1, 1, 2, 3]),
			knobs: version === 3 ? this.knobs() : { ...this.knobs(), ...ENDLESS },
			body,
			...(side.length > 0 ? { side } : {}),
		};
	}

	private ack(): AckBlock {
		const { random } = this;
		const onError: OnError = random.weighted({ stopWorkflow: 80, continueRegularOutput: 15, continueErrorOutput: 5 });
		return {
			kind: 'ack',
			name: this.name(ACK),
			knobs: {
				...(onError === 'stopWorkflow' ? {} : { onError }),
				...(random.chance(0.06) ? { tries: 2 } : {}),
				...(random.chance(0.5) ? { at: [random.whole(0, 20) * 50, random.whole(-10, 10) * 50] } : {}),
			},
			...(random.chance(0.12) ? { define: true } : {}),
			...(random.chance(0.12) ? { passThrough: true } : {}),
		};
	}

	private failures(body: Block[], messages: Message[]): Failure[] {
		const { random } = this;
		const steps = stepsOf(body).filter(({ step }) => step === 'send' || step === 'check');
		if (steps.length === 0) return [];
		return Array.from({ length: random.of([0, 1, 1, 2, 2, 3, 4]) }, (): Failure => {
			const message = random.whole(1, messages.length);
			const part = random.whole(1, messages[message - 1]?.parts ?? 1);
			const { name, errors } = random.of(steps);
			return {
				step: name,
				key: random.chance(0.5) ? `${message}` : `${message}/${part}`,
				// If the error output leads back to the same step, it must succeed eventually.
				nth: errors?.join === 'again' || random.chance(0.3) ? 'first' : 'always',
				how: random.chance(0.8) ? 500 : 'cut',
			};
		});
	}
}
