/**
 * PC/SC: a thin binding to the card service of the operating system (pcsc-lite, WinSCard), and the
 * one place that decides which reader may be touched.
 *
 * <p>A counter's readers also serve residents' cards. {@link
 * jp.sekisho.smartcard.pcsc.PcscContext#connect} therefore takes no name but a {@link
 * jp.sekisho.smartcard.pcsc.GrantedReader}, which only {@link
 * jp.sekisho.smartcard.pcsc.ReaderRoles} gives out; a reader nobody listed is a resident's reader.
 *
 * <p>javax.smartcardio is not used: after a restart of the card service it never recovers in the
 * same JVM. JNA is used here and in {@code pkcs11} only.
 */
@NullMarked
package jp.sekisho.smartcard.pcsc;

import org.jspecify.annotations.NullMarked;
