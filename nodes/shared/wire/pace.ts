/** Requests under way at once before anything is known about the server. */
const FIRST = 10;
/** Beyond this a hospital's proxy or firewall might count it as an attack. Roche's own limits are not documented. */
const MOST = 50;
/**
 * Answers are quick if they take up to this many times as long as in the quickest round. Below the growth factor of 1.5: if 1.5 times as many
 * requests take 1.5 times as long, nothing is gained.
 */
const QUICK = 1.4;
/** If answers take more than this many times as long as in the quickest round, the server is overloaded. */
const PRESSED = 4;

/** How many requests may be under way at once. */
export interface Pace {
	readonly limit: number;
	/** Must be called after each piece of work, also a failed one, with its duration in ms. */
	worked(ms: number): void;
	/** Must be called when the server asks for fewer requests (429, 503). */
	pushedBack(): void;
}

/** Returns a pace with a constant limit. */
export function fixedPace(limit: number): Pace {
	return { limit, worked: () => undefined, pushedBack: () => undefined };
}

/**
 * Finds out how many requests the server can take, as TCP does for a network. Starts at 10, rises to 50 while answers stay quick, and falls back
 * to 10 when they become slow. Each time the server asks for fewer, the limit is halved, down to one; afterwards it rises by one at a time.
 */
export class AdaptivePace implements Pace {
	limit = FIRST;
	/** Mean time of the quickest round, in ms. A round is as many answers as may be under way at once. */
	private quickest = Infinity;
	private answers = 0;
	private ms = 0;
	private wasPushedBack = false;
	/** How many results to ignore: those of work that was under way when the server asked for fewer requests. */
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
		// Large files take longer, too: slow answers alone never lower the limit below its start.
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
