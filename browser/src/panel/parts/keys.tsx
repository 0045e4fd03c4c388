/** The twelve keys of a telephone. */

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"], ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"], ["*", ""], ["0", "+"], ["#", ""],
] as const;

export const Keys = ({ press }: { press: (key: string) => void }) => (
  <div class="keys">
    {KEYS.map(([key, letters]) => (
      <button type="button" key={key} class="key" aria-label={key} onClick={() => press(key)}>
        <b>{key}</b><small>{letters}</small>
      </button>
    ))}
  </div>
);
