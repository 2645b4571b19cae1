package io.pgcdc.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

import io.pgcdc.model.ErrorCode;
import io.pgcdc.model.PgCdcException;

/**
 * Names of slots: {@code pgcdc_<database>_<pipeline>} for the apply slot, {@code <apply slot>_sync_<n>} for those of
 * table syncs. A slot's name may have lower-case letters, digits and underscores only, at most 63 of them (PostgreSQL
 * documentation, "Replication Slots").
 */
public final class SlotNames {

    static final int LONGEST = 63;
    private static final String SYNC = "_sync_";
    private static final String EXPRESS = "pgcdc_express_";

    private SlotNames() {
    }

    /**
     * The default name. Names that need mapping (upper case, other characters) get a digest of the original appended,
     * so that two of them never share a slot; so does one that would look like a sync slot.
     *
     * @throws PgCdcException of kind {@code CONFIGURATION} if it is too long
     */
    public static String applySlot(String database, String pipeline) {
        String name = "pgcdc_" + mapped(database) + '_' + mapped(pipeline);
        return checked(looksLikeSyncSlot(name) ? name + '_' + digest(pipeline) : name);
    }

    /** Whether it could be the sync slot of another apply slot, which would drop it as its own. */
    private static boolean looksLikeSyncSlot(String name) {
        return name.matches(".*" + SYNC + "[0-9]+");
    }

    /**
     * Checks a name that the user gave.
     *
     * @throws PgCdcException of kind {@code CONFIGURATION} if PostgreSQL would refuse it
     */
    public static String checked(String slotName) {
        if (!slotName.matches("[a-z0-9_]+")) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION, "The slot name '" + slotName + "' is not possible",
                    "A slot's name may have lower-case letters, digits and underscores only: set the option slotName");
        }
        return fitting(slotName);
    }

    /**
     * Checks a name that the user gave to an apply slot.
     *
     * @throws PgCdcException of kind {@code CONFIGURATION} if it can't be one
     */
    public static String checkedApplySlot(String slotName) {
        if (looksLikeSyncSlot(slotName)) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The slot name '" + slotName + "' is not possible: another pipeline would take it for its own sync slot",
                    "Set the option slotName to one that does not end in " + SYNC + " and a number");
        }
        return checked(slotName);
    }

    private static String fitting(String slotName) {
        if (slotName.length() > LONGEST) {
            throw new PgCdcException(
                    ErrorCode.CONFIGURATION,
                    "The slot name '" + slotName + "' is too long: " + slotName.length() + " bytes, PostgreSQL takes "
                                             + LONGEST,
                    "Set the option slotName, or a shorter option pipeline");
        }
        return slotName;
    }

    /** The name of the n-th sync slot. */
    public static String syncSlot(String applySlot, int number) {
        return checked(applySlot + SYNC + number);
    }

    /** What all sync slots of an apply slot begin with. */
    public static String syncPrefix(String applySlot) {
        return applySlot + SYNC;
    }

    /** Whether this is the name of a sync slot of the given apply slot. */
    public static boolean isSyncSlot(String applySlot, String name) {
        String prefix = syncPrefix(applySlot);
        return name.startsWith(prefix) && name.length() > prefix.length()
                && name.chars().skip(prefix.length()).allMatch(c -> c >= '0' && c <= '9');
    }

    /** A temporary slot, which belongs to one connection. */
    static String expressSlot(int serverProcess, int number) {
        return EXPRESS + serverProcess + '_' + number;
    }

    /** For a replication command: one that begins with a digit is no word there. */
    static String quoted(String slotName) {
        return '"' + checked(slotName) + '"';
    }

    private static String mapped(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return plain.equals(name) ? name : plain + '_' + digest(name);
    }

    private static String digest(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
