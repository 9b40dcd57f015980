/**
 * The terminal in a VM (T-VM): a QEMU guest with Debian's kernel and udevd, in which devices are plugged and the network is cut.
 *
 * <p>{@link jp.sekisho.e2e.vm.TerminalVm} boots it and is the only thing most tests need; {@link jp.sekisho.e2e.vm.Recorded} is what
 * its passive recorder saw. Assert on the recorder's log, never on what {@code /dev} looks like afterwards: a device that was open for
 * a moment has left no other trace. Nothing here waits a fixed time.
 */
@NullMarked
package jp.sekisho.e2e.vm;

import org.jspecify.annotations.NullMarked;
