package main

import "testing"

func TestPagesInTheLogAreToldApart(t *testing.T) {
	const statistics = `Type                                           N      (%)          Record size      (%)             FPI size      (%)        Combined size      (%)
----                                           -      ---          -----------      ---             --------      ---        -------------      ---
Heap                                          18 ( 90.00)                 1234 ( 90.00)                 8192 (100.00)                 9426 ( 99.00)
                                        --------                      --------                      --------                      --------
Total                                         20                          1310 [13.79%]                 8192 [86.21%]                 9502 [100%]
`
	if got, err := imagesOf([]byte(statistics)); err != nil || got != 8192 {
		t.Error(got, err)
	}
	if _, err := imagesOf([]byte("nothing")); err == nil {
		t.Error("no error")
	}
}
