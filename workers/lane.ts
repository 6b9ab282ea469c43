export { runLane as default } from '../src/ingest/lane.ts';
