/** The events of a scenario. Times are hours of Roche's clock, which runs faster than real time. */
export interface Scenario {
	messages: number;
	/** From the first notification to the last. */
	hours: number;
	/** When the EMR is unavailable. */
	emrAway: { from: number; to: number };
	/** When S3 refuses everything. */
	s3Away: { from: number; to: number };
	/** When n8n, or in queue mode a worker, is killed. */
	kills: number[];
	/** Speed of Roche's clock relative to real time. */
	speed: number;
}

/** 26 hours, played in a quarter of an hour. */
export const DAY: Scenario = {
	messages: 300,
	hours: 26,
	emrAway: { from: 2, to: 22 },
	s3Away: { from: 6, to: 8 },
	kills: [4, 12, 21],
	speed: 100,
};

/** A shorter scenario with the same events, played in a few minutes. */
export const MORNING: Scenario = {
	messages: 30,
	hours: 4,
	emrAway: { from: 0.3, to: 3 },
	s3Away: { from: 0.8, to: 2.5 },
	kills: [2.8],
	speed: 60,
};

const HOUR_MS = 3_600_000;

/** Converts hours of Roche's clock to real ms. */
export function realMs({ speed }: Scenario, hours: number): number {
	return (hours * HOUR_MS) / speed;
}

/** Converts minutes of Roche's clock to real minutes. */
export function realMinutes({ speed }: Scenario, minutes: number): number {
	return minutes / speed;
}
