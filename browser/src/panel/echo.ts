/** The microphone, heard a moment later. Nothing leaves this computer. */

const LATER_S = 1.2;
/** Speech at a usual distance has a root mean square of about a tenth: the bar is then half full. */
const LOUD = 0.2;

export class Echo {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Float32Array(this.analyser.fftSize);

  constructor(private readonly microphone: MediaStream) {
    const source = this.context.createMediaStreamSource(microphone);
    const later = this.context.createDelay(LATER_S + 1);
    later.delayTime.value = LATER_S;
    source.connect(this.analyser);
    source.connect(later).connect(this.context.destination);
    void this.context.resume();
  }

  /** From 0 to 1. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    const square = this.samples.reduce((sum, each) => sum + each * each, 0) / this.samples.length;
    return Math.min(1, Math.sqrt(square) / LOUD);
  }

  stop(): void {
    for (const track of this.microphone.getTracks()) track.stop();
    void this.context.close();
  }
}
