package io.pgcdc.routes.jdbc;

/** Kills the process of a sink again and again; the command is in docs/jdbc.md. */
public final class SinkKills {

    private SinkKills() {
    }

    /** Reads the system properties {@code seed}, {@code kills} and {@code dialect}; ends with 1 if sides differ. */
    public static void main(String[] arguments) throws Exception {
        long seed = Long.getLong("seed", 1);
        int kills = Integer.getInteger("kills", 50);
        boolean failed = false;
        for (SinkDatabase.Kind kind : SinkDatabase.Kind.named(System.getProperty("dialect", "duckdb,postgres"))) {
            try (KillRun run = new KillRun(kind, seed)) {
                System.out.println(run.run(kills));
            } catch (AssertionError e) {
                failed = true;
                System.out.println("FAILED: " + kind + ", seed " + seed + ": " + e.getMessage());
            }
        }
        System.exit(failed ? 1 : 0);
    }
}
