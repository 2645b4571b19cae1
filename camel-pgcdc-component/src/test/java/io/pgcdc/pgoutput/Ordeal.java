package io.pgcdc.pgoutput;

/** Puts a decoder, a new one each time, through one hostile input. The same input gives the same course of things. */
@FunctionalInterface
interface Ordeal {

    /**
     * Gives the decoder all of the input, and reads every value that comes of it.
     *
     * @param  input any bytes at all
     * @param  trial measures each call of the decoder, and judges its errors
     * @throws Error if the decoder did what it must not do
     */
    void undergo(byte[] input, Trial trial);
}
