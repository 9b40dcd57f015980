package jp.sekisho.agent.ipc;

import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.agent.seat.TypedPin;

/** The kinds of frames, with the number and the largest payload of each. */
enum FrameType {
  /** The session process says who it is to the person: version and language. */
  HELLO(1, 1024),
  /** Show the PIN window. */
  PROMPT(2, Frame.MAX_PAYLOAD),
  /** What was typed. */
  PIN(3, Integer.BYTES + TypedPin.MAX_BYTES),
  /** Why nothing was typed. */
  NO_PIN(4, 1024),
  /** Are you there? */
  PING(5, 0),
  /** Yes. */
  PONG(6, 0),
  /** Run the seat's lock command. */
  LOCK(7, 0),
  /** Close the PIN window. */
  CLOSE_PROMPT(8, 1024),
  /** The PIN window is up; comes before what it gave. */
  SHOWN(9, 1024),
  /** Not from a session process: opens one medium under an 緊急時の例外措置. */
  EMERGENCY(10, 1024),
  /** What is waited for. */
  STEP(11, 1024),
  /** What came of it. */
  ENDED(12, 8192),
  /** Not from a session process: logs in without the service. */
  OFFLINE(13, 1024),
  /** What came of that. */
  OFFLINE_ENDED(14, 8192),
  /** Not from a session process: hands files over for an export. */
  EXPORT(15, 1024),
  /** The next file, please. */
  NEXT(16, 0),
  /** What that file is, or that there is none. */
  FILE(17, 4096),
  /** The next piece of it, please. */
  MORE(18, 0),
  /** A piece of it; an empty one is its end. */
  DATA(19, Frame.MAX_PAYLOAD),
  /** It cannot be read any further. */
  UNREADABLE(20, 0),
  /** A part stands on the medium. */
  WRITTEN(21, 4096),
  /** The passphrase to be shown. */
  PASSPHRASE(22, 1024),
  /** The person has it, or not. */
  NOTED(23, 16),
  /** What came of an export. */
  EXPORT_ENDED(24, 8192),
  /** Not from a session process: has the files of a medium taken in. */
  IMPORT(25, 1024),
  /** What is being done. */
  STAGE(26, 64),
  /** A file comes: make it. */
  OFFER(27, 16384),
  /** Done; go on. */
  READY(28, 0),
  /** A piece of it; an empty one is its end. */
  PIECE(29, Frame.MAX_PAYLOAD),
  /** The file is whole, and what was read back of it. */
  KEPT(30, 1024),
  /** The file cannot be made, or not any further. */
  UNKEPT(31, 0),
  /** A file stays out. */
  LEFT_OUT(32, 4096),
  /** A file arrived as it was released. */
  TAKEN(33, 16384),
  /** What came of an import. */
  IMPORT_ENDED(34, 8192),
  /** What to do about the clipboard from now on. */
  CLIPBOARD(35, Frame.MAX_PAYLOAD),
  /** Whether that is done. */
  CLIPBOARD_STANDING(36, 1024),
  /** May this be pasted over a boundary? */
  CROSSING(37, 4096),
  /** Whether it may. */
  CROSSING_ANSWER(38, 16384),
  /** Not from a session process: copies over boundaries under a grant. */
  CLIPBOARD_USE(39, 1024),
  /** It may from now on. */
  CLIPBOARD_OPEN(40, 1024),
  /** What came of that. */
  CLIPBOARD_ENDED(41, 8192);

  private final int code;
  private final int maxPayload;

  FrameType(int code, int maxPayload) {
    this.code = code;
    this.maxPayload = maxPayload;
  }

  int code() {
    return code;
  }

  /** Largest payload, in bytes. */
  int maxPayload() {
    return maxPayload;
  }

  static Optional<FrameType> of(int code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }
}
