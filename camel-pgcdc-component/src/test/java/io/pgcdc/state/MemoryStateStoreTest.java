package io.pgcdc.state;

import org.junit.jupiter.api.BeforeEach;

class MemoryStateStoreTest extends StateStoreContract {

    @BeforeEach
    void fresh() {
        use(new MemoryStateStore());
    }
}
