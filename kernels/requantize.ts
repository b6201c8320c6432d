/** The integer arithmetic that all backends share, as the oracle has it. `README.md` says why it cannot overflow. */

/** To −32768..32767. */
export function saturate16(value: number): number {
  return value < -32768 ? -32768 : value > 32767 ? 32767 : value;
}

/** Two i16 as fractions of 32768, rounded half up: Wasm's `i16x8.q15mulr_sat_s`. */
export function multiplyRounded(value: number, multiplier: number): number {
  return saturate16((value * multiplier + 0x4000) >> 15);
}

export interface ChannelRequantization {
  /** 0..31 */
  readonly shift: number;
  /** i16, 1..32767 */
  readonly multiplier: number;
  /** i16, 0..32767; 32768 stands for none. */
  readonly slope: number;
}

/** A 32-bit sum (its rounding is in the bias) to 16 bits in units of the output's scale. */
export function requantize16(sum: number, channel: ChannelRequantization): number {
  const narrow = saturate16((sum | 0) >> channel.shift);
  const leaky = channel.slope === 32768
    ? narrow
    : Math.max(narrow, multiplyRounded(narrow, channel.slope));
  return multiplyRounded(leaky, channel.multiplier);
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
