/** Requests under way at once while nothing is known of the server. */
const FIRST = 10;
/** Beyond this a hospital's proxy or firewall might count it as an attack. Roche's own limits are not documented. */
const MOST = 50;
/** Answers that take up to this many times as long as the quickest round are quick. Where half as many more requests take half as long again, none is gained. */
const QUICK = 1.4;
/** Beyond this many times the server is pressed. */
const PRESSED = 4;

/** How many requests may be under way at once. */
export interface Pace {
	readonly limit: number;
	/** To be told how long each piece of work took, in ms, however it ended. */
	worked(ms: number): void;
	/** To be told that the server has asked for fewer requests (429, 503). */
	pushedBack(): void;
}

/** As many as the user wants. */
export function fixedPace(limit: number): Pace {
	return { limit, worked: () => undefined, pushedBack: () => undefined };
}

/**
 * Finds out how many requests the server takes, as TCP finds out about a network: from 10 up to 50 as long as the answers stay quick, down
 * to 10 again when they become slow; half as many, down to one, when the server asks for fewer, and from then on one more at a time.
 */
export class AdaptivePace implements Pace {
	limit = FIRST;
	/** Mean time of the quickest round, in ms. A round is as many answers as may be under way at once. */
	private quickest = Infinity;
	private answers = 0;
	private ms = 0;
	private wasPushedBack = false;
	/** Work that was under way when the server asked for fewer requests: what comes of it says nothing new. */
	private outdated = 0;

	worked(ms: number): void {
		if (this.outdated > 0) {
			this.outdated -= 1;
			return;
		}
		this.answers += 1;
		this.ms += ms;
		if (this.answers < this.limit) return;
		const mean = this.ms / this.answers;
		this.quickest = Math.min(this.quickest, mean);
		if (mean <= this.quickest * QUICK)
			this.limit = Math.min(MOST, this.wasPushedBack ? this.limit + 1 : this.limit * 1.5);
		// Large files take longer, too: time alone does not take it below where it began.
		else if (mean > this.quickest * PRESSED) this.limit = Math.min(this.limit, FIRST);
		this.begin(this.limit);
	}

	pushedBack(): void {
		if (this.outdated > 0) return;
		this.wasPushedBack = true;
		this.outdated = this.limit;
		this.begin(this.limit / 2);
	}

	private begin(limit: number): void {
		this.limit = Math.max(1, Math.floor(limit));
		this.answers = 0;
		this.ms = 0;
	}
}
